import "./no-eval.ts";
import "./style/tokens.css";
import "./style/base.css";
import "./style/frame.css";
import "./style/small.css";
import "./style/notices.css";
import "./style/tables.css";
import "./style/facts.css";
import "./style/pages.css";
import "./style/task.css";
import "./style/time-line.css";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { applyScheme } from "./parts/scheme.ts";

applyScheme();

const queries = new QueryClient({ defaultOptions: { queries: { retry: 1, staleTime: 30_000, refetchOnWindowFocus: false } } });

const place = document.getElementById("page");
if (place)
  createRoot(place).render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <App />
      </QueryClientProvider>
    </StrictMode>,
  );
