import { useState, type SyntheticEvent } from "react";
import { Button } from "@/shared/ui/Button";
import { Dialog, DialogActions } from "@/shared/ui/Dialog";
import { Field } from "@/shared/ui/Field";
import { ProblemNotice } from "@/shared/ui/ProblemNotice";
import { useCreateMachine, type Scope } from "../api/machines";
import { Choice } from "./Choice";
import { IssuedKeyDialog } from "./IssuedKeyDialog";
import styles from "./Keys.module.css";

const SCOPES: Record<Scope, string> = {
  "documents:read": "See documents",
  "documents:write": "Upload and delete documents",
  "conversations:read": "See its own conversations",
  "conversations:write": "Ask questions",
  "figures:read": "See the figures",
};
const DAYS = { 30: "30 days", 90: "90 days", 365: "1 year" };

export function NewKeyDialog({ onClose }: { onClose: () => void }) {
  const create = useCreateMachine();
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<readonly Scope[]>([]);
  const [days, setDays] = useState("90");
  if (create.data) return <IssuedKeyDialog issued={create.data} onClose={onClose} />;
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    create.mutate({ name: name.trim(), scopes: [...scopes], expires_in_days: Number(days) });
  };
  return (
    <Dialog title="New key" onClose={onClose}>
      <form className={styles.form} onSubmit={submit}>
        <Field label="What is it for?">
          {(control) => (
            <input
              {...control}
              required
              maxLength={100}
              autoComplete="off"
              placeholder="Nightly import"
              value={name}
              onChange={(event) => {
                setName(event.target.value);
              }}
            />
          )}
        </Field>
        <Scopes chosen={scopes} onChange={setScopes} />
        <Choice label="It ends after" options={DAYS} value={days} onChange={setDays} />
        {create.isError && <ProblemNotice error={create.error} />}
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            look="primary"
            disabled={name.trim() === "" || scopes.length === 0 || create.isPending}
          >
            Make the key
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

interface ScopesProps {
  chosen: readonly Scope[];
  onChange: (scopes: readonly Scope[]) => void;
}

function Scopes({ chosen, onChange }: ScopesProps) {
  return (
    <fieldset className={styles.scopes}>
      <legend>It may</legend>
      {(Object.keys(SCOPES) as Scope[]).map((scope) => (
        <label key={scope}>
          <input
            type="checkbox"
            checked={chosen.includes(scope)}
            onChange={({ target }) => {
              const others = chosen.filter((other) => other !== scope);
              onChange(target.checked ? [...others, scope] : others);
            }}
          />
          {SCOPES[scope]}
        </label>
      ))}
    </fieldset>
  );
}
