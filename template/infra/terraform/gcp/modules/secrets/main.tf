# The secrets' names; their values are put in by a person and never enter Terraform's state.
variable "project" {
  description = "The Google Cloud project."
  type        = string
}

variable "region" {
  description = "The only place that keeps them."
  type        = string
}

locals {
  secrets = toset(["services", "gateway", "seals", "model-proxy", "migrate"])
}

data "google_project" "this" {
  project_id = var.project
}

resource "google_secret_manager_secret" "this" {
  for_each  = local.secrets
  secret_id = each.key

  replication {
    user_managed {
      replicas {
        location = var.region
      }
    }
  }
}

# The External Secrets operator, by its Kubernetes identity; it holds no key either.
resource "google_secret_manager_secret_iam_member" "reader" {
  for_each  = google_secret_manager_secret.this
  secret_id = each.value.id
  role      = "roles/secretmanager.secretAccessor"
  member    = "principal://iam.googleapis.com/projects/${data.google_project.this.number}/locations/global/workloadIdentityPools/${var.project}.svc.id.goog/subject/ns/external-secrets/sa/external-secrets"
}
