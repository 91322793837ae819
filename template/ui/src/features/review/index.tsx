import { lazy } from "react";
import type { Feature } from "@/shared/feature";
import { ReviewIcon } from "@/shared/ui/icons";

const ReviewPage = lazy(() => import("./components/ReviewPage"));

export const feature: Feature = {
  path: "review",
  label: "Review",
  icon: <ReviewIcon />,
  order: 30,
  roles: ["reviewer", "admin"],
  element: <ReviewPage />,
};
