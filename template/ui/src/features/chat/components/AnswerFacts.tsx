import { ReviewBadge } from "@/shared/answers/ReviewBadge";
import { formatCount } from "@/shared/format";
import { CopyButton } from "@/shared/ui/CopyButton";
import type { Facts } from "../api/exchanges";
import styles from "./AnswerFacts.module.css";

interface AnswerFactsProps {
  text: string;
  facts: Facts;
}

/** What stands under an answer: whether it was checked, and, folded away, how it came about. */
export function AnswerFacts({ text, facts }: AnswerFactsProps) {
  const { model, usage, review, correlationId } = facts;
  return (
    <footer className={styles.facts}>
      <ReviewBadge status={review} />
      <CopyButton text={text} label="Copy" />
      <details>
        <summary>How this was made</summary>
        <dl>
          <dt>Model</dt>
          <dd>{model}</dd>
          <dt>Tokens</dt>
          <dd>
            {formatCount(usage.input_tokens)} read, {formatCount(usage.output_tokens)} written
          </dd>
          <dt>Reference</dt>
          <dd>
            <code>{correlationId}</code>
          </dd>
        </dl>
      </details>
    </footer>
  );
}
