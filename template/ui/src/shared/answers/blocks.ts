/** Plain text of a model, split into what the page can draw. Links, images and HTML stay text on purpose. */
export type Block =
  | { kind: "paragraph"; text: string }
  | { kind: "heading"; text: string }
  | { kind: "list"; isOrdered: boolean; items: string[] }
  | { kind: "code"; text: string };

export type Inline =
  { kind: "text" | "strong" | "code"; text: string } | { kind: "citation"; number: number };

const FENCE = "```";
const HEADING = /^#{1,6}\s+(.*)$/;
const BULLET = /^\s*[-*•]\s+(.*)$/;
const NUMBERED = /^\s*\d{1,3}[.)]\s+(.*)$/;
const INLINE = /\*\*(?<strong>[^*]+)\*\*|`(?<code>[^`]+)`|\[(?<citation>\d{1,3})\]/g;

export function parseBlocks(text: string): Block[] {
  const blocks: Block[] = [];
  const lines = text.split("\n");
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? "";
    if (line.startsWith(FENCE)) at = takeCode(lines, at + 1, blocks);
    else if (line.trim() === "") blocks.push({ kind: "paragraph", text: "" });
    else addLine(line, blocks);
  }
  return blocks.filter((block) => block.kind !== "paragraph" || block.text !== "");
}

function takeCode(lines: string[], start: number, blocks: Block[]): number {
  const length = lines.slice(start).findIndex((line) => line.startsWith(FENCE));
  const end = length < 0 ? lines.length : start + length;
  blocks.push({ kind: "code", text: lines.slice(start, end).join("\n") });
  return end;
}

function addLine(line: string, blocks: Block[]): void {
  const heading = HEADING.exec(line)?.[1];
  const bullet = BULLET.exec(line)?.[1];
  const numbered = NUMBERED.exec(line)?.[1];
  if (heading !== undefined) blocks.push({ kind: "heading", text: heading });
  else if (bullet !== undefined) addItem(bullet, false, blocks);
  else if (numbered !== undefined) addItem(numbered, true, blocks);
  else addText(line.trim(), blocks);
}

function addItem(text: string, isOrdered: boolean, blocks: Block[]): void {
  const last = blocks.at(-1);
  if (last?.kind === "list" && last.isOrdered === isOrdered) last.items.push(text);
  else blocks.push({ kind: "list", isOrdered, items: [text] });
}

function addText(text: string, blocks: Block[]): void {
  const last = blocks.at(-1);
  if (last?.kind === "paragraph" && last.text !== "") last.text += ` ${text}`;
  else blocks.push({ kind: "paragraph", text });
}

export function parseInline(text: string): Inline[] {
  const parts: Inline[] = [];
  let end = 0;
  for (const match of text.matchAll(INLINE)) {
    if (match.index > end) parts.push({ kind: "text", text: text.slice(end, match.index) });
    parts.push(toInline(match.groups ?? {}));
    end = match.index + match[0].length;
  }
  if (end < text.length) parts.push({ kind: "text", text: text.slice(end) });
  return parts;
}

function toInline({ strong, code, citation }: Record<string, string | undefined>): Inline {
  if (strong !== undefined) return { kind: "strong", text: strong };
  if (code !== undefined) return { kind: "code", text: code };
  return { kind: "citation", number: Number(citation) };
}

/** The numbers of the marks in a text, each once, smallest first. */
export function citedNumbers(text: string): number[] {
  const numbers = [...text.matchAll(/\[(\d{1,3})\]/g)].map((match) => Number(match[1]));
  return [...new Set(numbers)].sort((a, b) => a - b);
}
