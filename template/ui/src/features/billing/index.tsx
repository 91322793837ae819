import { lazy } from "react";
import type { Feature } from "@/shared/feature";
import { BillingIcon } from "@/shared/ui/icons";

const BillingPage = lazy(() => import("./components/BillingPage"));

export const feature: Feature = {
  path: "billing",
  label: "Billing",
  icon: <BillingIcon />,
  order: 50,
  roles: ["admin"],
  element: <BillingPage />,
};
