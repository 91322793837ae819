import { useQuery } from "@tanstack/react-query";
import { EmptyState } from "@/shared/ui/EmptyState";
import { CheckIcon } from "@/shared/ui/icons";
import { Loaded } from "@/shared/ui/Loaded";
import { Page } from "@/shared/ui/Page";
import { reviewsQuery, type Review } from "../api/reviews";
import { ReviewCard } from "./ReviewCard";

export default function ReviewPage() {
  const reviews = useQuery(reviewsQuery);
  return (
    <Page title="Review" lead="Answers that a person should look at before others rely on them.">
      <Loaded query={reviews} label="Loading the queue…">
        {(queue) => <Queue reviews={queue} />}
      </Loaded>
    </Page>
  );
}

function Queue({ reviews }: { reviews: readonly Review[] }) {
  if (reviews.length === 0) {
    return (
      <EmptyState icon={<CheckIcon />} title="Nothing to review">
        New answers appear here when they need a decision.
      </EmptyState>
    );
  }
  return reviews.map((review) => <ReviewCard key={review.id} review={review} />);
}
