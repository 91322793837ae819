import { useProduct } from "@/shared/api/session";
import { ProblemNotice } from "@/shared/ui/ProblemNotice";
import { Composer } from "./Composer";
import styles from "./Welcome.module.css";

interface WelcomeProps {
  error: unknown;
  isBusy: boolean;
  onAsk: (question: string) => void;
}

/** The start of a conversation: the headline, a place to ask, and questions to try. */
export function Welcome({ error, isBusy, onAsk }: WelcomeProps) {
  const { headline, suggestions } = useProduct();
  return (
    <div className={styles.welcome}>
      <div className={styles.column}>
        <h1>{headline}</h1>
        <Composer isBusy={isBusy} onAsk={onAsk} />
        {error !== null && <ProblemNotice error={error} />}
        <ul className={styles.suggestions} aria-label="Questions to try">
          {suggestions.map((question) => (
            <li key={question}>
              <button
                type="button"
                disabled={isBusy}
                onClick={() => {
                  onAsk(question);
                }}
              >
                {question}
              </button>
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}
