import { grouped } from "../text/amount.ts";

/** Leads from one sheet of a long list to the next. */
export function Pager({ sheet, sheets, addressOfSheet }: { sheet: number; sheets: number; addressOfSheet: (sheet: number) => string }) {
  if (sheets <= 1) return null;
  return (
    <nav className="pager" aria-label="Sheets">
      {sheet > 1 ? (
        <a className="button" href={addressOfSheet(sheet - 1)} rel="prev">
          Newer
        </a>
      ) : null}
      <span>
        {grouped(String(sheet))} of {grouped(String(sheets))}
      </span>
      {sheet < sheets ? (
        <a className="button" href={addressOfSheet(sheet + 1)} rel="next">
          Older
        </a>
      ) : null}
    </nav>
  );
}
