import { useId, useState } from "react";
import { useQueryClient } from "@tanstack/react-query";
import { CitedAnswer } from "@/shared/answers/CitedAnswer";
import { refresh } from "@/shared/api/refresh";
import { formatMoment } from "@/shared/format";
import { Badge } from "@/shared/ui/Badge";
import { Button } from "@/shared/ui/Button";
import { Card } from "@/shared/ui/Card";
import { Field } from "@/shared/ui/Field";
import { CheckIcon, CloseIcon } from "@/shared/ui/icons";
import { ProblemNotice } from "@/shared/ui/ProblemNotice";
import { reviewsQuery, useDecide, type Decision, type Review } from "../api/reviews";
import styles from "./ReviewCard.module.css";

/** One answer with everything a decision needs, and the two ways to decide. */
export function ReviewCard({ review }: { review: Review }) {
  const { answer, reason, created_at } = review;
  const titleId = useId();
  return (
    <Card className={styles.card ?? ""} aria-labelledby={titleId}>
      <p className={styles.why}>
        <Badge tone="attention">{reason}</Badge>
        <time dateTime={created_at}>{formatMoment(created_at, new Date())}</time>
      </p>
      <h2 id={titleId}>{answer.question}</h2>
      <CitedAnswer text={answer.text} citations={answer.citations} />
      <DecisionForm review={review} />
    </Card>
  );
}

function DecisionForm({ review }: { review: Review }) {
  const [note, setNote] = useState("");
  const client = useQueryClient();
  const { mutate, isPending, error } = useDecide(review.id);
  const decide = (decision: Decision["decision"]) => {
    mutate({ decision, note });
  };
  return (
    <div className={styles.decision}>
      <Field label="Note (optional)">
        {(control) => (
          <textarea
            {...control}
            rows={2}
            maxLength={1000}
            value={note}
            placeholder="Why, for the person who asked"
            onChange={(event) => {
              setNote(event.target.value);
            }}
          />
        )}
      </Field>
      {error && (
        <ProblemNotice error={error}>
          <Button onClick={() => void refresh(client, reviewsQuery)}>Refresh the queue</Button>
        </ProblemNotice>
      )}
      <div className={styles.actions}>
        <Button
          look="primary"
          disabled={isPending}
          onClick={() => {
            decide("approved");
          }}
        >
          <CheckIcon /> Approve
        </Button>
        <Button
          disabled={isPending}
          onClick={() => {
            decide("rejected");
          }}
        >
          <CloseIcon /> Reject
        </Button>
      </div>
    </div>
  );
}
