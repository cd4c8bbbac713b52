import { defineErrors } from "../entry.ts";

/** The Docker engine, image archives, and the running of jobs. */
export const sandboxErrors = defineErrors({
  ENGINE_UNREACHABLE: {
    meaning: "No Docker engine answers.",
    hint: "Start Docker, or run scripts/setup, or set DOCKER_HOST to a unix:// or tcp:// address.",
    isRetryable: true,
  },
  ENGINE_FAILED: {
    meaning: "The Docker engine refused or failed a call for a reason of its own; the job is not to blame.",
    hint: "Read the engine's message and its log, then try again.",
    isRetryable: true,
  },
  ENGINE_TIMED_OUT: {
    meaning: "The Docker engine did not answer a call in time.",
    hint: "Check the load of the engine's machine, then try again.",
    isRetryable: true,
  },
  ENGINE_UNSUPPORTED: {
    meaning: "The Docker engine cannot enforce a limit that every job is run under.",
    hint: "Use an engine with cgroup support for memory, swap, pids and cpusets (see `docker info`).",
    isRetryable: false,
  },
  JOB_EXCEEDS_ENGINE: {
    meaning: "A job asks for more CPUs or memory than the engine's machine has.",
    hint: "Lower limits.cpus or limits.memoryBytes, or run the job on a larger machine.",
    isRetryable: false,
  },
  JOB_ENVIRONMENT_RESERVED: {
    meaning: "A job sets an environment variable that belongs to its determinism level.",
    hint: "Leave the variable out of env; the level gives it the same value on every runner.",
    isRetryable: false,
  },
  JOB_NONDETERMINISTIC: {
    meaning: "A check found that a job gives different outputs at its level: runners could not agree on one.",
    hint: "`parity check` shows what differs and why. Cure the causes, or ask for strict@1; --no-check posts the job as it is.",
    isRetryable: false,
  },
  JOB_GIVES_NO_OUTPUT: {
    meaning: "A check found that a job's run ends without an output: it exceeds a limit, or writes what cannot be part of one.",
    hint: "Raise the limit that the message names, or mend what the job writes; --no-check posts the job as it is.",
    isRetryable: false,
  },
  LEVEL_UNSUPPORTED: {
    meaning: "The engine's machine cannot run jobs of a determinism level.",
    hint: "Run it on linux/amd64 with a kernel of 5.6 or later where unprivileged ptrace is allowed (kernel.yama.ptrace_scope below 2), or use standard@1.",
    isRetryable: false,
  },
  DETERMINIZER_CORRUPT: {
    meaning: "The determinizer of this installation is not the one that the level strict@1 names.",
    hint: "Install the package again, or rebuild it with npm run build:determinizer.",
    isRetryable: false,
  },
  JOB_ABORTED: {
    meaning: "A run was stopped before the job ended, and everything of it was removed.",
    hint: "Run it again.",
    isRetryable: true,
  },
  OUTPUT_UNWRITABLE: {
    meaning: "The output of a job cannot be written to this machine's disk.",
    hint: "Make room on the disk and check who may write to the output directory, then try again.",
    isRetryable: true,
  },
  IMAGE_SOURCE_INVALID: {
    meaning: "A folder or build context cannot be made into an image.",
    hint: "Give a folder of regular files, folders and symbolic links; name the platform when it holds no binary.",
    isRetryable: false,
  },
  IMAGE_REFERENCE_INVALID: {
    meaning: "Something does not name an image at a registry by the digest of its manifest.",
    hint: "Name it as host/repository@sha256:… and 64 hexadecimal digits; `docker buildx imagetools inspect` shows the digest. A tag is not enough.",
    isRetryable: false,
  },
  REGISTRY_FAILED: {
    meaning: "An image registry did not answer, answered nonsense, or wants an account.",
    hint: "Check the host and that anyone may pull the image, then try again; or ship the image as an archive.",
    isRetryable: true,
  },
  IMAGE_NOT_FOUND: {
    meaning: "The Docker engine has no such image.",
    hint: "Pull or build the image first (`docker images` lists what is there).",
    isRetryable: false,
  },
  IMAGE_BUILD_FAILED: {
    meaning: "The Docker engine could not build a Dockerfile.",
    hint: "Read the end of the build log in the message.",
    isRetryable: false,
  },
  IMAGE_NOT_LOADED: {
    meaning: "The image that a job runs is no longer in the engine.",
    hint: "Load the archive again, then prepare the job again.",
    isRetryable: true,
  },
  IMAGE_LOAD_FAILED: {
    meaning: "The Docker engine refused to load a verified archive.",
    hint: "Read the engine's message; a full disk is the usual reason.",
    isRetryable: true,
  },
  IMAGE_ID_MISMATCH: {
    meaning: "The image that the engine loaded is not the one in the archive.",
    hint: "Do not run it: the engine's image store is damaged or of an unknown kind.",
    isRetryable: false,
  },
  PLATFORM_UNSUPPORTED: {
    meaning: "An image is for another platform than the engine's; emulated CPUs give other outputs.",
    hint: "Build the image for the platform in the job spec, and run it on an engine of that platform.",
    isRetryable: false,
  },
  ARCHIVE_HASH_MISMATCH: {
    meaning: "An image archive's bytes do not have the sha256 or the size that the job names.",
    hint: "Fetch the archive again from another store.",
    isRetryable: false,
  },
  ARCHIVE_TRUNCATED: {
    meaning: "An image archive ends before its content does.",
    hint: "Pack the image again; the archive was cut while it was written.",
    isRetryable: false,
  },
  ARCHIVE_MALFORMED: {
    meaning: "An image archive is not the hybrid of docker-archive and OCI layout that the protocol names.",
    hint: "Pack the image with this project's tools; `docker save` alone does not make such an archive.",
    isRetryable: false,
  },
  ARCHIVE_PATH_UNSAFE: {
    meaning: "An image archive has an entry whose path climbs out, is absolute, or is not a plain file.",
    hint: "Do not load it; pack the image with this project's tools.",
    isRetryable: false,
  },
  ARCHIVE_TOO_LARGE: {
    meaning: "An image archive, or a layer in it, has more bytes or entries than the protocol allows.",
    hint: "Make the image smaller: a smaller base, fewer layers, fewer files.",
    isRetryable: false,
  },
  ARCHIVE_NOT_ONE_IMAGE: {
    meaning: "An image archive does not hold exactly one image of one platform.",
    hint: "Pack a single image; indexes of several platforms are refused.",
    isRetryable: false,
  },
  ARCHIVE_TAGGED: {
    meaning: "An image archive carries a tag, which loading it would move.",
    hint: "Pack the image with this project's tools, which write no tags.",
    isRetryable: false,
  },
  ARCHIVE_BLOB_MISMATCH: {
    meaning: "A blob in an image archive does not hash to its name or has another size than its descriptor says.",
    hint: "Pack the image again.",
    isRetryable: false,
  },
  ARCHIVE_LAYER_MISMATCH: {
    meaning: "The layers of an image archive are not the ones that its config names.",
    hint: "Pack the image again.",
    isRetryable: false,
  },
  ARCHIVE_LAYER_REFUSED: {
    meaning: "A layer of an image archive holds something that no job may start from, such as a device outside /dev.",
    hint: "Remove it in the image's Dockerfile or folder and pack again.",
    isRetryable: false,
  },
  ARCHIVE_CONFIG_REFUSED: {
    meaning: "The config of an image archive asks for something that a job does not get, such as a volume.",
    hint: "Pack the image with this project's tools, which leave out everything but the environment and the command.",
    isRetryable: false,
  },
  ARCHIVE_PLATFORM_MISMATCH: {
    meaning: "The image in an archive is for another platform than the job names.",
    hint: "Post the job with the platform that the archive was packed for.",
    isRetryable: false,
  },
});
