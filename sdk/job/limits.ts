/** Bounds on everything that an untrusted job spec or output can make a reader do. Part of protocol v1: docs/protocol.md. */
export const jobBounds = {
  specBytes: 16 * 1024 * 1024,
  manifestBytes: 32 * 1024 * 1024,
  inputFiles: 65_536,
  inputBytes: 8 * 1024 ** 3,
  outputFiles: 65_536,
  pathBytes: 1_024,
  pathSegments: 64,
  commandBytes: 128 * 1024,
  archiveBytes: 16 * 1024 ** 3,
} as const;
