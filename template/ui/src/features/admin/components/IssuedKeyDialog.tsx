import { formatMoment } from "@/shared/format";
import { Button } from "@/shared/ui/Button";
import { CopyButton } from "@/shared/ui/CopyButton";
import { Dialog, DialogActions } from "@/shared/ui/Dialog";
import type { IssuedKey } from "../api/machines";
import styles from "./Keys.module.css";

interface IssuedKeyDialogProps {
  issued: IssuedKey;
  onClose: () => void;
}

/** The one time that a key is shown; the gateway keeps its digest only. */
export function IssuedKeyDialog({ issued, onClose }: IssuedKeyDialogProps) {
  return (
    <Dialog title="Copy the key now" onClose={onClose}>
      <p>It is shown this once. Nobody can look it up later, not even we.</p>
      <div className={styles.secret}>
        <code data-testid="key">{issued.key}</code>
        <CopyButton text={issued.key} label="Copy the key" />
        <p>It ends {formatMoment(issued.expires_at, new Date())}.</p>
      </div>
      <DialogActions>
        <Button look="primary" onClick={onClose}>
          I have stored it
        </Button>
      </DialogActions>
    </Dialog>
  );
}
