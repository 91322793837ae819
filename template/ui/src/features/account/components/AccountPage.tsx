import { useMe } from "@/shared/api/session";
import { Page } from "@/shared/ui/Page";
import { Sessions } from "./Sessions";

export default function AccountPage() {
  const { name, email, tenant, roles } = useMe();
  return (
    <Page title={name} lead={`${email} · ${tenant.name} · ${roles.join(", ")}`}>
      <Sessions />
    </Page>
  );
}
