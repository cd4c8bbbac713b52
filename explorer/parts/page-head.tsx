import type { ReactNode } from "react";

/** The heading of a page, and a few words beside it; `isStatus` where they change while one looks. */
export function PageHead({ title, note, isStatus = false }: { title: string; note?: ReactNode; isStatus?: boolean }) {
  return (
    <div className="page-head">
      <h1>{title}</h1>
      <p className="page-note" role={isStatus ? "status" : undefined}>
        {note}
      </p>
    </div>
  );
}
