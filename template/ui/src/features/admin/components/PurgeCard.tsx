import { useState } from "react";
import type { components } from "@contracts/gateway";
import { pluralise } from "@/shared/format";
import { Button } from "@/shared/ui/Button";
import { Card } from "@/shared/ui/Card";
import { Dialog, DialogActions } from "@/shared/ui/Dialog";
import { Field } from "@/shared/ui/Field";
import { ProblemNotice } from "@/shared/ui/ProblemNotice";
import { usePurge } from "../api/overview";
import styles from "./PurgeCard.module.css";

type Tenant = components["schemas"]["Tenant"];

/** Deleting what everyone asked. It cannot be undone, so the organisation's short name has to be typed. */
export function PurgeCard({ tenant }: { tenant: Tenant }) {
  const [isAsking, setAsking] = useState(false);
  const purge = usePurge();
  return (
    <Card className={styles.card ?? ""} aria-labelledby="purge">
      <h2 id="purge">Delete all conversations</h2>
      <p>Every question and answer of {tenant.name} goes, for everyone. Documents stay.</p>
      {purge.data && (
        <p role="status" className={styles.done}>
          Deleted {pluralise(purge.data.conversations, "conversation")} with{" "}
          {pluralise(purge.data.answers, "answer")}.
        </p>
      )}
      <Button
        look="danger"
        onClick={() => {
          setAsking(true);
        }}
      >
        Delete all conversations…
      </Button>
      {isAsking && (
        <PurgeDialog
          tenant={tenant}
          purge={purge}
          onClose={() => {
            setAsking(false);
          }}
        />
      )}
    </Card>
  );
}

interface PurgeDialogProps {
  tenant: Tenant;
  purge: ReturnType<typeof usePurge>;
  onClose: () => void;
}

function PurgeDialog({ tenant, purge, onClose }: PurgeDialogProps) {
  const [typed, setTyped] = useState("");
  return (
    <Dialog title="Delete all conversations?" onClose={onClose}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          purge.mutate(undefined, { onSuccess: onClose });
        }}
      >
        <p>This cannot be undone.</p>
        <Field
          label={
            <>
              Type <code>{tenant.slug}</code> to confirm
            </>
          }
        >
          {(control) => (
            <input
              {...control}
              autoComplete="off"
              spellCheck={false}
              value={typed}
              onChange={(event) => {
                setTyped(event.target.value);
              }}
            />
          )}
        </Field>
        {purge.isError && <ProblemNotice error={purge.error} />}
        <DialogActions>
          <Button onClick={onClose}>Keep them</Button>
          <Button type="submit" look="danger" disabled={typed !== tenant.slug || purge.isPending}>
            Delete all
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
