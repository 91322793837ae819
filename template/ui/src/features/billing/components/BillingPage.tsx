import { useQuery } from "@tanstack/react-query";
import { Badge } from "@/shared/ui/Badge";
import { Button } from "@/shared/ui/Button";
import { Card } from "@/shared/ui/Card";
import { Loaded } from "@/shared/ui/Loaded";
import { Page } from "@/shared/ui/Page";
import { ProblemNotice } from "@/shared/ui/ProblemNotice";
import { billingQuery, useCheckout, type BillingStatus } from "../api/billing";
import styles from "./BillingPage.module.css";

const WORDS = {
  none: { tone: "neutral", label: "No subscription", text: "Subscribe to go on after the trial." },
  active: {
    tone: "good",
    label: "Active",
    text: "Everything is paid for. There is nothing to do.",
  },
  past_due: {
    tone: "attention",
    label: "Payment failed",
    text: "The last payment did not go through. Check the mail from the payment provider.",
  },
  ended: { tone: "danger", label: "Ended", text: "Subscribe again to go on." },
} as const;

export default function BillingPage() {
  const billing = useQuery(billingQuery);
  return (
    <Page title="Billing" lead="How your organisation pays.">
      <Loaded query={billing} label="Looking up the subscription…">
        {({ status }) => <Subscription status={status} />}
      </Loaded>
    </Page>
  );
}

function Subscription({ status }: { status: BillingStatus }) {
  const checkout = useCheckout((url) => {
    window.location.assign(url);
  });
  const { tone, label, text } = WORDS[status];
  const canSubscribe = status === "none" || status === "ended";
  return (
    <Card className={styles.card ?? ""} aria-labelledby="subscription">
      <h2 id="subscription">Subscription</h2>
      <Badge tone={tone}>{label}</Badge>
      <p>{text}</p>
      {checkout.isError && <ProblemNotice error={checkout.error} />}
      {canSubscribe && (
        <Button
          look="primary"
          disabled={checkout.isPending}
          onClick={() => {
            checkout.mutate();
          }}
        >
          Subscribe
        </Button>
      )}
    </Card>
  );
}
