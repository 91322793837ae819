import { useState } from "react";
import { useQuery } from "@tanstack/react-query";
import { Button } from "@/shared/ui/Button";
import { ConfirmDialog } from "@/shared/ui/ConfirmDialog";
import { EmptyState } from "@/shared/ui/EmptyState";
import { KeyIcon, PlusIcon } from "@/shared/ui/icons";
import { Loaded } from "@/shared/ui/Loaded";
import { Rows } from "@/shared/ui/Rows";
import { machinesQuery, useRevokeMachine, type Machine } from "../api/machines";
import { MachineRow } from "./MachineRow";
import styles from "./Keys.module.css";
import { NewKeyDialog } from "./NewKeyDialog";
import { RotateDialog } from "./RotateDialog";

type Asking = { what: "new" } | { what: "rotate" | "revoke"; machine: Machine } | null;

/** The programs that may use the API, and what becomes of their keys. */
export function Keys() {
  const machines = useQuery(machinesQuery);
  const [asking, setAsking] = useState<Asking>(null);
  return (
    <>
      <Loaded query={machines} label="Loading the keys…">
        {(all) => (
          <>
            <div className={styles.head}>
              <p>A program signs in with a key of its own. It does what its scopes say.</p>
              <Button
                look="primary"
                onClick={() => {
                  setAsking({ what: "new" });
                }}
              >
                <PlusIcon /> New key
              </Button>
            </div>
            <MachineList machines={all} onAsk={setAsking} />
          </>
        )}
      </Loaded>
      <Question
        asking={asking}
        onClose={() => {
          setAsking(null);
        }}
      />
    </>
  );
}

interface MachineListProps {
  machines: readonly Machine[];
  onAsk: (asking: Asking) => void;
}

function MachineList({ machines, onAsk }: MachineListProps) {
  if (machines.length === 0) {
    return (
      <EmptyState icon={<KeyIcon />} title="No keys yet">
        Make one for each program, so that each can be stopped alone.
      </EmptyState>
    );
  }
  return (
    <Rows label="API keys">
      {machines.map((machine) => (
        <MachineRow
          key={machine.id}
          machine={machine}
          onAsk={(what) => {
            onAsk({ what, machine });
          }}
        />
      ))}
    </Rows>
  );
}

function Question({ asking, onClose }: { asking: Asking; onClose: () => void }) {
  if (!asking) return null;
  if (asking.what === "new") return <NewKeyDialog onClose={onClose} />;
  const { what, machine } = asking;
  return what === "rotate" ? (
    <RotateDialog machine={machine} onClose={onClose} />
  ) : (
    <RevokeDialog machine={machine} onClose={onClose} />
  );
}

function RevokeDialog({ machine, onClose }: { machine: Machine; onClose: () => void }) {
  const revoke = useRevokeMachine();
  return (
    <ConfirmDialog
      title={`Revoke “${machine.name}”?`}
      action="Revoke"
      change={revoke}
      onConfirm={() => {
        revoke.mutate(machine.id, { onSuccess: onClose });
      }}
      onClose={onClose}
    >
      Its keys stop with the next request. This cannot be undone.
    </ConfirmDialog>
  );
}
