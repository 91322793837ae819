import { useEffect, useRef } from "react";
import { useQuery } from "@tanstack/react-query";
import { Button } from "@/shared/ui/Button";
import { Loading } from "@/shared/ui/Loading";
import { usePageTitle } from "@/shared/ui/Page";
import { ProblemNotice } from "@/shared/ui/ProblemNotice";
import hiddenStyles from "@/shared/ui/Hidden.module.css";
import { answersQuery, useConversationTitle, type Answer } from "../api/conversations";
import { isStored, listExchanges } from "../api/exchanges";
import { useAsk, useTurn, type Turn } from "../api/turn";
import { Composer } from "./Composer";
import { ExchangeArticle } from "./ExchangeArticle";
import styles from "./Thread.module.css";

/** One conversation: its stored answers, the one being written, and a place to ask the next question. */
export function Thread({ conversationId }: { conversationId: string }) {
  const ask = useAsk();
  const turn = useTurn(conversationId);
  const answers = useQuery({
    ...answersQuery(conversationId),
    refetchInterval: ({ state }) =>
      isAwaited(turn, state.data, state.dataUpdateCount) ? POLL_MS : false,
  });
  const exchanges = listExchanges(answers.data ?? [], turn);
  const isWriting = turn?.state === "writing";
  const scroller = useFollow([turn?.text, turn?.state, exchanges.length]);
  const title = useConversationTitle(conversationId);
  usePageTitle(title);
  const onAsk = (question: string) => void ask(conversationId, question);
  return (
    <div className={styles.thread}>
      <h1 className={hiddenStyles.hidden}>{title}</h1>
      <div ref={scroller} tabIndex={-1} className={styles.scroller}>
        <div className={styles.column}>
          {answers.isPending && !turn && <Loading label="Loading the conversation…" />}
          {answers.isError && !turn && (
            <ProblemNotice error={answers.error}>
              <Button onClick={() => void answers.refetch()}>Try again</Button>
            </ProblemNotice>
          )}
          {exchanges.map((exchange) => (
            <ExchangeArticle key={exchange.key} exchange={exchange} onAsk={onAsk} />
          ))}
        </div>
      </div>
      <div className={styles.foot}>
        <Composer isBusy={isWriting} onAsk={onAsk} onStop={isWriting ? turn.stop : undefined} />
      </div>
    </div>
  );
}

const POLL_MS = 1500;
const MOST_LOOKS = 40;

/** A job stores each answer after its stream: that of this turn, or the first one, which was asked before a reload. */
function isAwaited(turn: Turn | null, stored: readonly Answer[] | undefined, looks: number) {
  if (turn) return turn.done !== null && !isStored(turn, stored ?? []);
  return stored?.length === 0 && looks < MOST_LOOKS;
}

const NEAR_THE_END = 160;

/** Keeps the end in view while it grows, unless the person has scrolled up to read. Takes the focus if nothing has it. */
function useFollow(growth: readonly unknown[]) {
  const scroller = useRef<HTMLDivElement>(null);
  const previousHeight = useRef(0);
  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const distance = previousHeight.current - element.scrollTop - element.clientHeight;
    if (distance < NEAR_THE_END) element.scrollTop = element.scrollHeight;
    previousHeight.current = element.scrollHeight;
    // eslint-disable-next-line react-hooks/exhaustive-deps -- what grows is the caller's to say
  }, growth);
  useEffect(() => {
    // Whatever had the focus is gone: the suggestion that was chosen, say.
    if (document.activeElement === document.body) scroller.current?.focus();
  }, []);
  return scroller;
}
