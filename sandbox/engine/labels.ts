/** Labels on every container and volume that this room makes: who made it, and for which run. */
export const ownerLabel = "org.parity-protocol.owner";
export const runLabel = "org.parity-protocol.run";
/** The CPUs that a job's container is pinned to, so that the next job can choose others. */
export const cpusLabel = "org.parity-protocol.cpus";
/** On an image from its build until it is packed. */
export const buildLabel = "org.parity-protocol.build";
