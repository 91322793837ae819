import { useEffect, useId, useRef, useState } from "react";
import type { components } from "@contracts/gateway";
import { AnswerText } from "./AnswerText";
import { citedNumbers } from "./blocks";
import { Sources } from "./Sources";
import styles from "./CitedAnswer.module.css";

export type Citation = components["schemas"]["Citation"];

interface CitedAnswerProps {
  text: string;
  citations: readonly Citation[];
}

/** An answer and, below it, the passages it cites. A mark in the text opens its passage. */
export function CitedAnswer({ text, citations }: CitedAnswerProps) {
  const [openNumber, setOpenNumber] = useState<number | null>(null);
  const id = useId();
  const cited = citedNumbers(text);
  const sources = citations.filter(({ number }) => cited.includes(number));
  const toggle = (number: number) => {
    setOpenNumber(openNumber === number ? null : number);
  };
  const passage = useOpenPassage(openNumber);
  return (
    <div className={styles.answer}>
      <AnswerText
        text={text}
        renderCitation={(number) => {
          const source = sources.find((candidate) => candidate.number === number);
          if (!source) return null;
          return (
            <button
              type="button"
              className={styles.mark}
              aria-label={`Source ${String(number)}: ${source.title}`}
              aria-expanded={openNumber === number}
              aria-controls={`${id}-${String(number)}`}
              onClick={() => {
                toggle(number);
              }}
            >
              {number}
            </button>
          );
        }}
      />
      <Sources
        id={id}
        sources={sources}
        openNumber={openNumber}
        passage={passage}
        onToggle={toggle}
      />
    </div>
  );
}

/** Brings the passage that was just opened into view. */
function useOpenPassage(openNumber: number | null) {
  const passage = useRef<HTMLQuoteElement>(null);
  useEffect(() => {
    if (openNumber !== null) passage.current?.scrollIntoView({ block: "nearest" });
  }, [openNumber]);
  return passage;
}
