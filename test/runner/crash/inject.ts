/**
 * Loaded with `node --import` before the runner's program: makes every effect on the world a boundary at which the process can die.
 * It knows nothing of the runner's own parts, only of what they use: SQLite, files, HTTP and the engine's socket.
 */
import "./seams/journal.ts";
import "./seams/files.ts";
import "./seams/http.ts";
import "./seams/engine.ts";
