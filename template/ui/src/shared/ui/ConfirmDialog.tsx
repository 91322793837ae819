import type { ReactNode } from "react";
import { toProblemError } from "../api/problem";
import { Button } from "./Button";
import { Dialog, DialogActions } from "./Dialog";
import { ProblemNotice } from "./ProblemNotice";

interface ConfirmDialogProps {
  title: string;
  /** What the button does, in a word or two. */
  action: string;
  change: { isPending: boolean; error: unknown };
  onConfirm: () => void;
  onClose: () => void;
  /** What follows from it. */
  children: ReactNode;
}

/** Asks before something that ends or deletes. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { title, action, change, onConfirm, onClose, children } = props;
  // First things first: with the second factor the same question comes again.
  const isBlocked = change.error !== null && toProblemError(change.error).stepUp !== null;
  return (
    <Dialog title={title} onClose={onClose}>
      <p>{children}</p>
      {change.error !== null && <ProblemNotice error={change.error} />}
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        {!isBlocked && (
          <Button look="danger" disabled={change.isPending} onClick={onConfirm}>
            {action}
          </Button>
        )}
      </DialogActions>
    </Dialog>
  );
}
