import { Link } from "react-router";
import { EmptyState } from "@/shared/ui/EmptyState";
import { PageIcon } from "@/shared/ui/icons";
import { usePageTitle } from "@/shared/ui/Page";

export function NotFound() {
  usePageTitle("Not found");
  return (
    <EmptyState icon={<PageIcon />} title="There is no page here" isPage>
      The address may be mistyped, or the page is for another role.{" "}
      <Link to="/">Go to the start</Link>
    </EmptyState>
  );
}
