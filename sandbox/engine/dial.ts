import type { Engine } from "./connect.ts";

/** A request to the engine, below dockerode's own calls. */
export interface EngineRequest {
  method: "GET" | "POST";
  /** Ends with `?`, also without a query. */
  path: string;
  query: Readonly<Record<string, string>>;
  body?: object;
  /** Resolves with the answer's stream instead of its JSON. */
  isStream?: boolean;
  signal: AbortSignal;
}

/** Sends a request as it is written here: dockerode's own calls drop some of what the engine answers. Errors are those of its modem. */
export function dial<T>(engine: Engine, { method, path, query, body, isStream, signal }: EngineRequest): Promise<T> {
  const request = {
    path,
    method,
    options: { _query: query, ...(body ? { _body: body } : {}) },
    isStream: isStream === true,
    abortSignal: signal,
    statusCodes: { 200: true, 201: true, 400: "bad parameter", 404: "not found", 409: "conflict", 500: "server error" },
  };
  return new Promise((resolve, reject) => {
    engine.docker.modem.dial(request, (error: unknown, answer: unknown) => (error ? reject(error) : resolve(answer as T)));
  });
}
