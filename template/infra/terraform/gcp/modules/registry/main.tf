# One repository for all images. A tag never moves.
variable "name" {
  description = "Name of the repository."
  type        = string
}

variable "region" {
  description = "Where it lives."
  type        = string
}

resource "google_artifact_registry_repository" "images" {
  location      = var.region
  repository_id = var.name
  format        = "DOCKER"

  docker_config {
    immutable_tags = true
  }
}

output "repository" {
  description = "Name of the repository."
  value       = google_artifact_registry_repository.images.repository_id
}

output "url" {
  description = "What precedes /gateway in an image's name."
  value       = "${var.region}-docker.pkg.dev/${google_artifact_registry_repository.images.project}/${google_artifact_registry_repository.images.repository_id}"
}
