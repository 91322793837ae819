import { useQuery } from "@tanstack/react-query";
import { Button } from "@/shared/ui/Button";
import { EmptyState } from "@/shared/ui/EmptyState";
import { CheckIcon } from "@/shared/ui/icons";
import { Loading } from "@/shared/ui/Loading";
import { Page } from "@/shared/ui/Page";
import { ProblemNotice } from "@/shared/ui/ProblemNotice";
import { reviewsQuery } from "../api/reviews";
import { ReviewCard } from "./ReviewCard";

export default function ReviewPage() {
  const { data: reviews, isPending, error, refetch } = useQuery(reviewsQuery);
  return (
    <Page title="Review" lead="Answers that a person should look at before others rely on them.">
      {isPending && <Loading label="Loading the queue…" />}
      {error && !reviews && (
        <ProblemNotice error={error}>
          <Button onClick={() => void refetch()}>Try again</Button>
        </ProblemNotice>
      )}
      {reviews?.length === 0 && (
        <EmptyState icon={<CheckIcon />} title="Nothing to review">
          New answers appear here when they need a decision.
        </EmptyState>
      )}
      {reviews?.map((review) => (
        <ReviewCard key={review.id} review={review} />
      ))}
    </Page>
  );
}
