# PostgreSQL, private, encrypted, backed up; RDS keeps and rotates the owner's password.
variable "name" {
  description = "Name of the instance."
  type        = string
}

variable "vpc_id" {
  description = "The network it lives in."
  type        = string
}

variable "subnet_ids" {
  description = "Private subnets in at least two zones."
  type        = list(string)
}

variable "cluster_security_group_id" {
  description = "Only this group reaches it."
  type        = string
}

variable "instance_class" {
  description = "Its size."
  type        = string
}

variable "is_production" {
  description = "Production has a standby in a second zone and can't be destroyed by accident."
  type        = bool
}

resource "aws_db_subnet_group" "this" {
  name       = var.name
  subnet_ids = var.subnet_ids
}

resource "aws_security_group" "database" {
  name        = "${var.name}-database"
  description = "PostgreSQL from the cluster only"
  vpc_id      = var.vpc_id
}

resource "aws_vpc_security_group_ingress_rule" "cluster" {
  security_group_id            = aws_security_group.database.id
  description                  = "PostgreSQL from the cluster"
  referenced_security_group_id = var.cluster_security_group_id
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
}

resource "aws_db_parameter_group" "this" {
  name   = var.name
  family = "postgres18"

  parameter {
    name  = "rds.force_ssl"
    value = "1"
  }
}

resource "aws_db_instance" "this" {
  identifier                          = var.name
  engine                              = "postgres"
  engine_version                      = "18"
  instance_class                      = var.instance_class
  db_name                             = "app"
  username                            = "owner"
  manage_master_user_password         = true
  allocated_storage                   = 20
  max_allocated_storage               = 200
  storage_type                        = "gp3"
  storage_encrypted                   = true
  db_subnet_group_name                = aws_db_subnet_group.this.name
  vpc_security_group_ids              = [aws_security_group.database.id]
  parameter_group_name                = aws_db_parameter_group.this.name
  publicly_accessible                 = false
  multi_az                            = var.is_production
  backup_retention_period             = 14
  copy_tags_to_snapshot               = true
  deletion_protection                 = var.is_production
  skip_final_snapshot                 = false
  final_snapshot_identifier           = "${var.name}-final"
  performance_insights_enabled        = true
  iam_database_authentication_enabled = true
  auto_minor_version_upgrade          = true
  enabled_cloudwatch_logs_exports     = ["postgresql"]
}

output "address" {
  description = "Its host name."
  value       = aws_db_instance.this.address
}

output "owner_secret_arn" {
  description = "Where the owner's password is."
  value       = aws_db_instance.this.master_user_secret[0].secret_arn
}

output "instance" {
  description = "The instance itself, for the tests."
  value       = aws_db_instance.this
  sensitive   = true
}
