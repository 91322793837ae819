import { formatCount } from "@/shared/format";
import type { Overview } from "../api/overview";
import styles from "./Figures.module.css";

export function Figures({ overview }: { overview: Overview }) {
  const { input_tokens, output_tokens } = overview;
  const figures = [
    ["Documents", overview.documents],
    ["Passages", overview.passages],
    ["Conversations", overview.conversations],
    ["Answers", overview.answers],
    ["Open reviews", overview.open_reviews],
    [`Tokens, ${formatCount(output_tokens)} of them written`, input_tokens + output_tokens],
  ] as const;
  return (
    <dl className={styles.figures}>
      {figures.map(([label, count]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{formatCount(count)}</dd>
        </div>
      ))}
    </dl>
  );
}
