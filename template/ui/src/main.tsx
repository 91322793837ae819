import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { BrowserRouter } from "react-router";
import { App } from "./app/App";
import { features } from "./app/features";
import { createQueryClient } from "./app/queryClient";
import "./shared/styles/tokens.css";
import "./shared/styles/base.css";

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no element with the id root");

createRoot(root).render(
  <StrictMode>
    <BrowserRouter>
      <App features={features} queryClient={createQueryClient()} />
    </BrowserRouter>
  </StrictMode>,
);
