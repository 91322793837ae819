import { CitedAnswer } from "@/shared/answers/CitedAnswer";
import { Hidden } from "@/shared/ui/Hidden";
import type { Exchange } from "../api/exchanges";
import { AnswerFacts } from "./AnswerFacts";
import styles from "./ExchangeArticle.module.css";
import { TurnStatus } from "./TurnStatus";

interface ExchangeArticleProps {
  exchange: Exchange;
  onAsk: (question: string) => void;
}

/** A question and, below it, whatever came back so far. */
export function ExchangeArticle({ exchange, onAsk }: ExchangeArticleProps) {
  const { question, text, citations, facts, turn } = exchange;
  return (
    <article className={styles.exchange} aria-busy={turn?.state === "writing"}>
      <h2 className={styles.question}>
        <Hidden>You asked: </Hidden>
        {question}
      </h2>
      {text !== "" && <CitedAnswer text={text} citations={citations} />}
      {turn && <TurnStatus turn={turn} onAsk={onAsk} />}
      {facts && <AnswerFacts text={text} facts={facts} />}
    </article>
  );
}
