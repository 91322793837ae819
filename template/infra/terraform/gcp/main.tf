locals {
  product = file("${path.module}/../../../product.toml")
  slug    = regex("(?m)^slug = \"([^\"]*)\"", local.product)[0]
  contact = regex("(?m)^contact = \"([^\"]*)\"", local.product)[0]
  name    = "${local.slug}-${var.environment}"
}

provider "google" {
  project = var.project
  region  = var.region

  default_labels = {
    product     = local.slug
    environment = var.environment
    managed-by  = "terraform"
  }
}

module "registry" {
  source = "./modules/registry"
  name   = local.name
  region = var.region
}

module "ci_identity" {
  source     = "./modules/ci_identity"
  project    = var.project
  issuer     = var.ci_issuer
  subject    = var.ci_subject
  repository = module.registry.repository
  region     = var.region
}

module "secrets" {
  source  = "./modules/secrets"
  project = var.project
  region  = var.region
}

module "database" {
  source        = "./modules/database"
  name          = local.name
  region        = var.region
  network       = var.network
  tier          = var.database_tier
  is_production = var.environment == "production"
}

module "budget" {
  source          = "./modules/budget"
  name            = local.name
  project         = var.project
  billing_account = var.billing_account
  monthly         = var.monthly_budget
  contact         = local.contact
}
