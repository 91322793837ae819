import { lazy } from "react";
import type { Feature } from "@/shared/feature";
import { ChatIcon } from "@/shared/ui/icons";

const ChatPage = lazy(() => import("./components/ChatPage"));

export const feature: Feature = {
  path: "chat",
  label: "Chat",
  icon: <ChatIcon />,
  order: 10,
  roles: [],
  element: <ChatPage />,
};
