const notice = /^determinizer: (.{1,400})$/gm;
const most = 5;

/**
 * Finds what the determinizer said about a job: what it refused, and why. The job itself can write such lines too: they are words for its
 * submitter, and never part of an output.
 */
export function noticesIn(stderr: Uint8Array): string[] {
  const text = Buffer.from(stderr).toString("utf8");
  return [...new Set(Array.from(text.matchAll(notice), ([, said = ""]) => said))].slice(0, most);
}
