# The pipeline holds no key: it shows the token its CI system signed, and only one repository and environment may.
variable "project" {
  description = "The Google Cloud project."
  type        = string
}

variable "issuer" {
  description = "Who signs the pipeline's tokens."
  type        = string
}

variable "subject" {
  description = "The token's exact subject."
  type        = string
}

variable "repository" {
  description = "The registry that it may push to."
  type        = string
}

variable "region" {
  description = "Where the registry lives."
  type        = string
}

resource "google_iam_workload_identity_pool" "ci" {
  workload_identity_pool_id = "ci"
}

resource "google_iam_workload_identity_pool_provider" "ci" {
  workload_identity_pool_id          = google_iam_workload_identity_pool.ci.workload_identity_pool_id
  workload_identity_pool_provider_id = "ci"
  attribute_mapping                  = { "google.subject" = "assertion.sub" }
  attribute_condition                = "assertion.sub == '${var.subject}'"

  oidc {
    issuer_uri = var.issuer
  }
}

resource "google_service_account" "ci" {
  account_id   = "ci-deployer"
  display_name = "The deployment pipeline"
}

resource "google_service_account_iam_member" "ci" {
  service_account_id = google_service_account.ci.name
  role               = "roles/iam.workloadIdentityUser"
  member             = "principal://iam.googleapis.com/${google_iam_workload_identity_pool.ci.name}/subject/${var.subject}"
}

resource "google_artifact_registry_repository_iam_member" "ci" {
  location   = var.region
  repository = var.repository
  role       = "roles/artifactregistry.writer"
  member     = google_service_account.ci.member
}

# Finds the cluster; what it may do inside is infra/kubernetes/access.yaml's to say.
resource "google_project_iam_member" "cluster" {
  project = var.project
  role    = "roles/container.clusterViewer"
  member  = google_service_account.ci.member
}

output "provider" {
  description = "Full name of the provider."
  value       = google_iam_workload_identity_pool_provider.ci.name
}

output "service_account" {
  description = "E-mail of the service account."
  value       = google_service_account.ci.email
}
