import type { RefObject } from "react";
import type { Citation } from "./CitedAnswer";
import styles from "./Sources.module.css";

interface SourcesProps {
  id: string;
  sources: readonly Citation[];
  openNumber: number | null;
  passage: RefObject<HTMLQuoteElement | null>;
  onToggle: (number: number) => void;
}

/** The cited passages, one open at a time. */
export function Sources({ id, sources, openNumber, passage, onToggle }: SourcesProps) {
  if (sources.length === 0) return null;
  return (
    <ul className={styles.sources} aria-label="Sources">
      {sources.map((source) => {
        const isOpen = source.number === openNumber;
        const passageId = `${id}-${String(source.number)}`;
        return (
          <li key={source.number} data-open={isOpen}>
            <button
              type="button"
              aria-expanded={isOpen}
              aria-controls={passageId}
              onClick={() => {
                onToggle(source.number);
              }}
            >
              <span className={styles.number}>{source.number}</span>
              <span className={styles.title}>{source.title}</span>
              <span className={styles.place}>passage {source.ordinal + 1}</span>
            </button>
            <blockquote id={passageId} ref={isOpen ? passage : null} hidden={!isOpen}>
              {source.quote}
            </blockquote>
          </li>
        );
      })}
    </ul>
  );
}
