import type { components } from "@contracts/gateway";
import { Badge } from "../ui/Badge";

type ReviewStatus = components["schemas"]["ReviewStatus"];

const BADGES = {
  open: { tone: "attention", label: "Needs review" },
  approved: { tone: "good", label: "Approved by a reviewer" },
  rejected: { tone: "danger", label: "Rejected by a reviewer" },
} as const;

/** How far people can rely on an answer; nothing when nobody needs to look at it. */
export function ReviewBadge({ status }: { status: ReviewStatus }) {
  if (status === "none") return null;
  const { tone, label } = BADGES[status];
  return <Badge tone={tone}>{label}</Badge>;
}
