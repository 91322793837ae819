import { lazy } from "react";
import type { Feature } from "@/shared/feature";
import { PageIcon } from "@/shared/ui/icons";

const AccountPage = lazy(() => import("./components/AccountPage"));

export const feature: Feature = {
  path: "account",
  label: "Your account",
  icon: <PageIcon />,
  order: 100,
  place: "account",
  roles: [],
  element: <AccountPage />,
};
