import type { ReactNode } from "react";
import { parseBlocks, parseInline, type Block, type Inline } from "./blocks";
import styles from "./AnswerText.module.css";

interface AnswerTextProps {
  text: string;
  /** Draws the mark of a citation; null leaves its text as the model wrote it. */
  renderCitation: (number: number) => ReactNode;
}

/** An answer as prose, with its citation marks in place. */
export function AnswerText({ text, renderCitation }: AnswerTextProps) {
  const inline = (source: string) =>
    parseInline(source).map((part, index) => <span key={index}>{draw(part, renderCitation)}</span>);
  return (
    <div className={styles.prose}>
      {parseBlocks(text).map((block, index) => (
        <DrawnBlock key={index} block={block} inline={inline} />
      ))}
    </div>
  );
}

interface DrawnBlockProps {
  block: Block;
  inline: (source: string) => ReactNode;
}

function DrawnBlock({ block, inline }: DrawnBlockProps) {
  if (block.kind === "paragraph") return <p>{inline(block.text)}</p>;
  if (block.kind === "heading") return <h3>{inline(block.text)}</h3>;
  if (block.kind === "code") {
    return (
      <pre tabIndex={0}>
        <code>{block.text}</code>
      </pre>
    );
  }
  const items = block.items.map((item, index) => <li key={index}>{inline(item)}</li>);
  return block.isOrdered ? <ol>{items}</ol> : <ul>{items}</ul>;
}

function draw(part: Inline, renderCitation: AnswerTextProps["renderCitation"]): ReactNode {
  if (part.kind === "strong") return <strong>{part.text}</strong>;
  if (part.kind === "code") return <code>{part.text}</code>;
  if (part.kind === "citation") return renderCitation(part.number) ?? `[${String(part.number)}]`;
  return part.text;
}
