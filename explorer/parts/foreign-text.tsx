import { Fragment } from "react";
import { visiblePieces } from "../text/visible-text.ts";

/** Shows text that anyone may have written: as text, isolated, with every character that would act or hide shown by its name. */
export function ForeignText({ text, isMultiline = false }: { text: string; isMultiline?: boolean }) {
  return (
    <bdi className="foreign">
      {visiblePieces(text, { isMultiline }).map((piece, i) => (
        <Fragment key={i}>{"text" in piece ? piece.text : <span className="codepoint">{piece.code}</span>}</Fragment>
      ))}
    </bdi>
  );
}
