import { useState } from "react";
import { Button } from "@/shared/ui/Button";
import { Dialog, DialogActions } from "@/shared/ui/Dialog";
import { ProblemNotice } from "@/shared/ui/ProblemNotice";
import { useRotateKey, type Machine } from "../api/machines";
import { Choice } from "./Choice";
import { IssuedKeyDialog } from "./IssuedKeyDialog";
import styles from "./Keys.module.css";

const HOURS = { 0: "ends at once", 24: "works for another day", 168: "works for another week" };

/** A new key for a program; the old one goes on beside it, so that nothing fails meanwhile. */
export function RotateDialog({ machine, onClose }: { machine: Machine; onClose: () => void }) {
  const rotate = useRotateKey(machine.id);
  const [hours, setHours] = useState("24");
  if (rotate.data) return <IssuedKeyDialog issued={rotate.data} onClose={onClose} />;
  return (
    <Dialog title={`A new key for “${machine.name}”`} onClose={onClose}>
      <div className={styles.form}>
        <Choice label="The old key" options={HOURS} value={hours} onChange={setHours} />
        {rotate.isError && <ProblemNotice error={rotate.error} />}
      </div>
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button
          look="primary"
          disabled={rotate.isPending}
          onClick={() => {
            rotate.mutate({ expires_in_days: 90, overlap_hours: Number(hours) });
          }}
        >
          Make a new key
        </Button>
      </DialogActions>
    </Dialog>
  );
}
