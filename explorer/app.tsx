import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import { openLedger } from "./ledger/ledger.ts";
import { type Opened, OpenedContext } from "./ledger/use-ledger.ts";
import { findNetwork } from "./network/find-network.ts";
import type { Network } from "./network/network.ts";
import { openNetwork } from "./network/open-network.ts";
import { NetworkPage } from "./pages/network-page.tsx";
import { PostPage } from "./pages/post-page.tsx";
import { RunnerPage } from "./pages/runner-page.tsx";
import { RunnersPage } from "./pages/runners-page.tsx";
import { SettingsPage } from "./pages/settings-page.tsx";
import { TaskPage } from "./pages/task-page.tsx";
import { TasksPage } from "./pages/tasks-page.tsx";
import { Footer, Header } from "./parts/frame.tsx";
import { Empty, Failure, Loading } from "./parts/notice.tsx";
import { addressOf, allTasks, type Route } from "./routing/route.ts";
import { useRoute } from "./routing/use-route.ts";

/** The page: finds the network, opens it, and shows the place that the address names. */
export function App() {
  const found = useQuery({
    queryKey: ["network"],
    queryFn: async () => (await findNetwork()) ?? null,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const route = useRoute();
  if (found.isPending) return <Frame route={route} body={<Loading what="the network" />} />;
  if (found.isError)
    return (
      <Frame
        route={route}
        body={<Failure error={found.error} title="The network of this page cannot be used" retry={() => void found.refetch()} />}
      />
    );
  if (!found.data || (route.page === "settings" && !found.data.isFixed))
    return <Frame route={route} body={<SettingsPage network={found.data ?? undefined} onChange={() => void found.refetch()} />} />;
  return <OpenedPage key={JSON.stringify(found.data)} network={found.data} route={route} />;
}

function OpenedPage({ network, route }: { network: Network; route: Route }) {
  const opening = useQuery({
    queryKey: ["open", network],
    queryFn: () => openNetwork(network),
    staleTime: Number.POSITIVE_INFINITY,
    refetchInterval: (query) => (query.state.status === "error" ? 5_000 : false),
  });
  const [opened, setOpened] = useState<Opened>();
  const open = opening.data;
  useEffect(() => {
    if (!open) return undefined;
    const ledger = openLedger(open);
    setOpened({ ...open, ledger });
    return () => ledger.stop();
  }, [open]);
  if (opened)
    return (
      <OpenedContext value={opened}>
        <Frame route={route} isOpen body={<Page route={route} />} />
      </OpenedContext>
    );
  const body = opening.isError ? (
    <Failure error={opening.error} title="The network cannot be reached" retry={() => void opening.refetch()} />
  ) : (
    <Loading what="the chain" />
  );
  return <Frame route={route} body={body} />;
}

function Page({ route }: { route: Route }) {
  switch (route.page) {
    case "tasks":
      return <TasksPage route={route} />;
    case "task":
      return <TaskPage key={route.taskId} taskId={route.taskId} />;
    case "runners":
      return <RunnersPage />;
    case "runner":
      return <RunnerPage identity={route.identity} />;
    case "network":
      return <NetworkPage />;
    case "post":
      return <PostPage {...(route.jobHash ? { jobHash: route.jobHash } : {})} />;
    case "settings":
      return (
        <Empty isPage title="This page shows one network only">
          Whoever serves it decided so.
        </Empty>
      );
    case "unknown":
      return (
        <Empty isPage title="There is nothing here">
          <p>
            <a href={addressOf(allTasks)}>All tasks</a>
          </p>
        </Empty>
      );
  }
}

/** What stands around every place; a new place takes the focus, so that a screen reader begins there. */
function Frame({ route, body, isOpen = false }: { route: Route; body: ReactNode; isOpen?: boolean }) {
  const main = useRef<HTMLElement>(null);
  const place = useMemo(
    () => [route.page, "taskId" in route ? route.taskId : "identity" in route ? route.identity : ""].join("/"),
    [route],
  );
  const shown = useRef(place);
  useEffect(() => {
    if (shown.current === place) return;
    shown.current = place;
    main.current?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }, [place]);
  return (
    <>
      <button type="button" className="button skip" onClick={() => main.current?.focus()}>
        Skip to the content
      </button>
      <Header route={route} isOpen={isOpen} />
      <main ref={main} tabIndex={-1}>
        {body}
      </main>
      <Footer isOpen={isOpen} />
    </>
  );
}
