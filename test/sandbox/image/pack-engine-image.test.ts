import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { loadImage, packDockerfile, packEngineImage, removeImage, runJob, verifyArchive } from "@parity-protocol/sandbox";
import { isParityError } from "@parity-protocol/sdk";
import { buildLabel } from "../../../sandbox/engine/labels.ts";
import { makeBusyboxFolder } from "../../support/busybox.ts";
import { SandboxLab } from "../../support/sandbox.ts";

describe("packing with the engine", () => {
  let lab: SandboxLab;
  before(async () => {
    lab = await SandboxLab.open();
  });
  after(() => lab.close());

  function makeContext(name: string, files: Record<string, string>): string {
    const context = makeBusyboxFolder(join(lab.directory, name));
    for (const [path, text] of Object.entries(files)) writeFileSync(join(context, path), text);
    return context;
  }

  describe("packEngineImage", () => {
    it("packs an image into the archive that packing its folder gave, by any of its names", async () => {
      const { Id: full } = await lab.engine.docker.getImage(lab.image.imageId).inspect();
      for (const name of [full, full.slice(7, 19)]) {
        const again = await packEngineImage(lab.engine, { name, outputDirectory: join(lab.directory, "again") });
        const folder = await verifyArchive(lab.archive.path, lab.archive);
        const verified = await verifyArchive(again.path, again);
        assert.deepEqual([verified.diffIds, again.sha256], [folder.diffIds, lab.archive.sha256]);
      }
      assert.equal((await readdir(join(lab.directory, "again"))).length, 1);
    });

    it("says that the engine has no such image", async () => {
      const packing = packEngineImage(lab.engine, { name: "no-such-image:latest", outputDirectory: lab.directory });
      await assert.rejects(packing, (error) => isParityError(error, "IMAGE_NOT_FOUND"));
    });
  });

  describe("packDockerfile", () => {
    it("builds without a base or a network, honours .dockerignore, keeps ENV, drops the rest, and leaves no image", async () => {
      const dockerfile = `FROM scratch
COPY . /
RUN ["/bin/sh", "-c", "echo built > /built"]
ENV GREETING=hello PATH=/custom:/bin
VOLUME /data
HEALTHCHECK CMD /bin/true
ENTRYPOINT ["/bin/sh"]
`;
      const context = makeContext("context", {
        Dockerfile: dockerfile,
        ".dockerignore": "secret\nDockerfile\n",
        secret: "s",
        "kept.txt": "k",
      });
      const archive = await packDockerfile(lab.engine, { contextDirectory: context, outputDirectory: join(lab.directory, "built") });
      const filters = { label: [buildLabel] };
      assert.deepEqual(await lab.engine.docker.listImages({ all: true, filters }), []);
      const image = await loadImage(lab.engine, await verifyArchive(archive.path, archive));
      const run = await runJob(lab.engine, {
        ...lab.request({ script: "cat /built; echo $GREETING $PATH; ls / | grep -c -e secret -e Dockerfile; ls /kept.txt" }),
        image,
      });
      await removeImage(lab.engine, image.imageId);
      assert.equal(await lab.stdout(run), "built\nhello /custom:/bin\n0\n/kept.txt\n");
    });

    it("puts the end of the build's log into the error and leaves no image of its steps", async () => {
      const context = makeContext("failing", { Dockerfile: 'FROM scratch\nCOPY . /\nRUN ["/bin/sh", "-c", "echo the reason; exit 3"]\n' });
      let left = "";
      await assert.rejects(packDockerfile(lab.engine, { contextDirectory: context, outputDirectory: lab.directory }), (error) => {
        assert.ok(isParityError(error, "IMAGE_BUILD_FAILED"), String(error));
        assert.match(error.message, /the reason/);
        const [, step] = /COPY .*? ---> ([0-9a-f]{12})/s.exec(error.message) ?? [];
        left = step ?? "";
        return true;
      });
      assert.equal(left.length, 12);
      await assert.rejects(lab.engine.docker.getImage(left).inspect(), { statusCode: 404 });
    });

    it("refuses a Dockerfile that does not parse, and a context without one", async () => {
      const context = makeContext("nonsense", { Dockerfile: "NONSENSE\n" });
      const pack = (contextDirectory: string) => packDockerfile(lab.engine, { contextDirectory, outputDirectory: lab.directory });
      await assert.rejects(pack(context), (error) => isParityError(error, "IMAGE_BUILD_FAILED"));
      execFileSync("rm", [join(context, "Dockerfile")]);
      await assert.rejects(pack(context), (error) => isParityError(error, "IMAGE_SOURCE_INVALID"));
    });
  });
});
