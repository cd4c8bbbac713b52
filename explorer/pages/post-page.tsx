import type { Hex as HexText } from "@parity-protocol/sdk";
import { useState } from "react";
import { useOpened } from "../ledger/use-ledger.ts";
import { Section } from "../parts/facts.tsx";
import { Notice } from "../parts/notice.tsx";
import { PageHead } from "../parts/page-head.tsx";
import { JobSection } from "../task/job-section.tsx";
import { unitOf } from "../text/amount.ts";
import { PostButton } from "../wallet/post-button.tsx";
import { firstFields, type TermsFields } from "../wallet/terms-fields.ts";
import { WithWallet } from "../wallet/wallet-choice.tsx";

/** Posts a task for a job whose blobs are in a store, with the visitor's own wallet. */
export function PostPage({ jobHash }: { jobHash?: HexText }) {
  const { network, stores } = useOpened();
  const [fields, setFields] = useState<TermsFields>({
    ...firstFields,
    jobHash: jobHash ?? "",
    gate: network.gate ?? "",
    location: network.storeUrls.join(" "),
  });
  const isHash = /^0x[0-9a-f]{64}$/.test(fields.jobHash.trim());
  return (
    <>
      <PageHead title="Post a task" note="A job that is already in a store: the command line packs and uploads new ones." />
      <form className="form" onSubmit={(event) => event.preventDefault()} aria-label="Terms of the task">
        <TermsForm fields={fields} onChange={(change) => setFields({ ...fields, ...change })} />
      </form>
      {isHash ? (
        <Section title="The job" id="job">
          <JobSection jobHash={fields.jobHash.trim() as HexText} sources={stores} />
        </Section>
      ) : null}
      {fields.gate.trim() === "" ? (
        <Notice tone="wait" title="Without a gate the task is open to anyone">
          <p>Whoever fills a quorum of slots with fresh addresses decides the result. Name a gate, or verify the result yourself.</p>
        </Notice>
      ) : null}
      <Section title="Your wallet" id="wallet">
        <WithWallet>{(connected) => <PostButton fields={fields} connected={connected} />}</WithWallet>
      </Section>
    </>
  );
}

function TermsForm({ fields, onChange }: { fields: TermsFields; onChange: (change: Partial<TermsFields>) => void }) {
  const { asset } = useOpened();
  const field = (name: keyof TermsFields, label: string, note?: string) => (
    <Field name={name} label={label} note={note} value={fields[name]} onChange={(value) => onChange({ [name]: value })} />
  );
  return (
    <>
      {field("jobHash", "Job hash", "What parity post prints, or a task's page shows")}
      <div className="field-row">
        {field("bounty", `Bounty, ${unitOf(asset)}`, "Shared by those who match")}
        {field("bond", `Bond a slot, ${unitOf(asset)}`, "Returned to every revealer")}
      </div>
      <div className="field-row">
        {field("slots", "Slots", "1 to 24")}
        {field("quorum", "Quorum", "More than half of them")}
      </div>
      <div className="field-row">
        {field("commitMinutes", "Minutes to commit")}
        {field("revealDelaySeconds", "Seconds before reveals", "Room for the chain's finality")}
        {field("revealMinutes", "Minutes to reveal")}
      </div>
      {field("gate", "Gate", "Who may take a slot; empty: anyone")}
      {field("location", "Stores", "Where runners find the blobs, separated by spaces")}
    </>
  );
}

interface FieldProps {
  name: string;
  label: string;
  note: string | undefined;
  value: string;
  onChange: (value: string) => void;
}

function Field({ name, label, note, value, onChange }: FieldProps) {
  return (
    <div className="field">
      <label htmlFor={`field-${name}`}>{label}</label>
      <input
        id={`field-${name}`}
        value={value}
        spellCheck={false}
        autoComplete="off"
        maxLength={300}
        aria-describedby={note ? `note-${name}` : undefined}
        onChange={(event) => onChange(event.target.value)}
      />
      {note ? (
        <p className="field-note" id={`note-${name}`}>
          {note}
        </p>
      ) : null}
    </div>
  );
}
