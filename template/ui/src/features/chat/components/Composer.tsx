import { useState, type KeyboardEvent } from "react";
import { useProduct } from "@/shared/api/session";
import { Hidden } from "@/shared/ui/Hidden";
import { SendIcon, StopIcon } from "@/shared/ui/icons";
import styles from "./Composer.module.css";

const MAX_LENGTH = 4000;

interface ComposerProps {
  isBusy: boolean;
  onAsk: (question: string) => void;
  /** Present while an answer can be stopped. */
  onStop?: (() => void) | undefined;
}

export function Composer({ isBusy, onAsk, onStop }: ComposerProps) {
  const [draft, setDraft] = useState("");
  const { disclaimer } = useProduct();
  const question = draft.trim();
  const send = () => {
    if (question === "" || isBusy) return;
    onAsk(question);
    setDraft("");
  };
  return (
    <form
      className={styles.composer}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <div className={styles.box}>
        <label className={styles.label}>
          <Hidden>Your question</Hidden>
          <textarea
            rows={1}
            value={draft}
            maxLength={MAX_LENGTH}
            placeholder="Ask a question"
            onChange={(event) => {
              setDraft(event.target.value);
            }}
            onKeyDown={(event) => {
              if (isSend(event)) {
                event.preventDefault();
                send();
              }
            }}
          />
        </label>
        {onStop ? (
          <button type="button" className={styles.round} aria-label="Stop" onClick={onStop}>
            <StopIcon />
          </button>
        ) : (
          <button className={styles.round} aria-label="Ask" disabled={question === "" || isBusy}>
            <SendIcon />
          </button>
        )}
      </div>
      {disclaimer && <p className={styles.disclaimer}>{disclaimer}</p>}
    </form>
  );
}

/** Enter asks; Shift and Enter starts a new line; Enter that ends an input method's word does neither. */
function isSend(event: KeyboardEvent): boolean {
  return event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing;
}
