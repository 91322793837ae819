locals {
  product = file("${path.module}/../../../product.toml")
  slug    = regex("(?m)^slug = \"([^\"]*)\"", local.product)[0]
  contact = regex("(?m)^contact = \"([^\"]*)\"", local.product)[0]
  region  = coalesce(var.region, regex("(?m)^regions = \\[\"([^\"]*)\"", local.product)[0])
  name    = "${local.slug}-${var.environment}"
}

provider "aws" {
  region = local.region

  default_tags {
    tags = {
      product     = local.slug
      environment = var.environment
      managed-by  = "terraform"
    }
  }
}

module "registry" {
  source = "./modules/registry"
  name   = local.name
}

module "ci_role" {
  source           = "./modules/ci_role"
  name             = local.name
  issuer           = var.ci_issuer
  subject          = var.ci_subject
  repository_arns  = module.registry.repository_arns
  cluster_name     = var.cluster_name
  kubernetes_group = "deployers"
}

module "secrets" {
  source       = "./modules/secrets"
  name         = local.name
  cluster_name = var.cluster_name
}

module "database" {
  source                    = "./modules/database"
  name                      = local.name
  vpc_id                    = var.vpc_id
  subnet_ids                = var.database_subnet_ids
  cluster_security_group_id = var.cluster_security_group_id
  instance_class            = var.database_instance_class
  is_production             = var.environment == "production"
}

module "budget" {
  source      = "./modules/budget"
  name        = local.name
  product     = local.slug
  monthly_usd = var.monthly_budget_usd
  contact     = local.contact
}
