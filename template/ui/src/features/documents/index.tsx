import { lazy } from "react";
import type { Feature } from "@/shared/feature";
import { DocumentIcon } from "@/shared/ui/icons";

const DocumentsPage = lazy(() => import("./components/DocumentsPage"));

export const feature: Feature = {
  path: "documents",
  label: "Documents",
  icon: <DocumentIcon />,
  order: 20,
  roles: [],
  element: <DocumentsPage />,
};
