terraform {
  required_version = ">= 1.11"

  required_providers {
    google = {
      source  = "hashicorp/google"
      version = ">= 7, < 8"
    }
  }

  # Keep the state in a bucket of your own: terraform init -backend-config=backend.hcl
  backend "gcs" {}
}
