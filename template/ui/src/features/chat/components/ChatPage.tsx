import { useState } from "react";
import { useMutation } from "@tanstack/react-query";
import { Route, Routes, useNavigate, useParams } from "react-router";
import { usePageTitle } from "@/shared/ui/Page";
import { startConversation } from "../api/conversations";
import { useAsk } from "../api/turn";
import { ConversationList } from "./ConversationList";
import { Thread } from "./Thread";
import { Welcome } from "./Welcome";
import styles from "./ChatPage.module.css";

export default function ChatPage() {
  const [isListOpen, setListOpen] = useState(false);
  return (
    <div className={styles.chat}>
      <ConversationList
        isOpen={isListOpen}
        onToggle={() => {
          setListOpen(!isListOpen);
        }}
      />
      <Routes>
        <Route index element={<NewConversation />} />
        <Route path=":conversationId" element={<OpenConversation />} />
      </Routes>
    </div>
  );
}

function NewConversation() {
  usePageTitle("Chat");
  const ask = useAsk();
  const navigate = useNavigate();
  const start = useMutation({
    mutationFn: startConversation,
    onSuccess: async ({ id }, question) => {
      void ask(id, question);
      await navigate(`/chat/${id}`);
    },
  });
  return (
    <Welcome
      error={start.error}
      isBusy={start.isPending}
      onAsk={(question) => {
        start.mutate(question);
      }}
    />
  );
}

function OpenConversation() {
  const { conversationId = "" } = useParams();
  // The key starts a conversation afresh: its draft and its scroll position are its own.
  return <Thread key={conversationId} conversationId={conversationId} />;
}
