declare module "s3rver" {
  import type { RequestListener } from "node:http";

  /** What the tests use of it; the package brings no types. */
  // biome-ignore lint/style/noDefaultExport: it is the package's own shape
  export default class S3rver {
    constructor(options: { directory: string; silent: boolean; configureBuckets: { name: string; configs: string[] }[] });
    configureBuckets(): Promise<void>;
    callback(): RequestListener;
  }
}
