import { lazy } from "react";
import type { Feature } from "@/shared/feature";
import { AdminIcon } from "@/shared/ui/icons";

const AdminPage = lazy(() => import("./components/AdminPage"));

export const feature: Feature = {
  path: "admin",
  label: "Admin",
  icon: <AdminIcon />,
  order: 40,
  roles: ["admin"],
  element: <AdminPage />,
};
