import type { components } from "@contracts/gateway";
import { Badge } from "@/shared/ui/Badge";

const BADGES = {
  waiting: { tone: "busy", label: "Waiting" },
  reading: { tone: "busy", label: "Reading" },
  ready: { tone: "good", label: "Ready" },
  failed: { tone: "danger", label: "Failed" },
} as const;

/** How far the ingestion of a document is. A change is announced. */
export function StatusBadge({ status }: { status: components["schemas"]["DocumentStatus"] }) {
  const { tone, label } = BADGES[status];
  return (
    <span role="status">
      <Badge tone={tone}>{label}</Badge>
    </span>
  );
}
