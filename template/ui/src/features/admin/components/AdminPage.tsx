import { Navigate, Route, Routes } from "react-router";
import { useMe } from "@/shared/api/session";
import { Page } from "@/shared/ui/Page";
import { AuditTrail } from "./AuditTrail";
import { Keys } from "./Keys";
import { Overview } from "./Overview";
import { People } from "./People";
import { Tabs } from "./Tabs";

export default function AdminPage() {
  const { tenant } = useMe();
  return (
    <Page title="Admin" lead={`${tenant.name}: its people, its keys, and what was decided.`}>
      <Tabs />
      <Routes>
        <Route index element={<Overview />} />
        <Route path="people" element={<People />} />
        <Route path="keys" element={<Keys />} />
        <Route path="audit" element={<AuditTrail />} />
        <Route path="*" element={<Navigate replace to="/admin" />} />
      </Routes>
    </Page>
  );
}
